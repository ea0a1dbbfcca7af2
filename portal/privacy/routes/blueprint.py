"""The blueprint: families under /mes-donnees, the lycée under /donnees, everybody under /vos-donnees."""

from portal.platform.web import Feature

bp = Feature("privacy", __name__)
