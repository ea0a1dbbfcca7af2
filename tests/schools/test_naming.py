"""Names of lycées in a readable French case."""

import pytest

from portal.schools.naming import display_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("LYCEE GENERAL ET TECHNOLOGIQUE JEAN MOULIN", "Lycée général et technologique Jean Moulin"),
        ("LYCÉE PROFESSIONNEL PRIVÉ DES MÉTIERS DE LA SALLE", "Lycée professionnel privé des métiers de la Salle"),
        ("LYCÉE D'ARSONVAL", "Lycée d’Arsonval"),
        ("LYCÉE LA XAVIÈRE", "Lycée La Xavière"),
        ("ÉCOLE PRIVÉE HÔTELIÈRE L'ARLEQUIN", "École privée hôtelière L’Arlequin"),
        ("RECTORAT DE L'ACADÉMIE DE GRENOBLE", "Rectorat de l’académie de Grenoble"),
        ("SEP DU LPO SAINT-JAMES", "SEP du LPO Saint-James"),
        ("LYCÉE PROFESSIONNEL JEAN XXIII", "Lycée professionnel Jean XXIII"),
        ("LYCÉE ALBERT 1ER", "Lycée Albert 1er"),
        ("LYCÉE CHARLES DE GAULLE", "Lycée Charles de Gaulle"),
        ("LYCÉE JACQUES PRÉVERT (VOIE PROFESSIONNELLE)", "Lycée Jacques Prévert (voie professionnelle)"),
        ("LYCÉE SAINT-JEAN-DU-BOIS", "Lycée Saint-Jean-du-Bois"),
        ("LYCÉE DE PONT-DE-BUIS-LÈS-QUIMERCH", "Lycée de Pont-de-Buis-lès-Quimerch"),
        ("LYCÉE RHIN-ET-DANUBE", "Lycée Rhin-et-Danube"),
        ("CENTRE D'ÉDUCATION AUX TECHNOLOGIQUEOGIES APPROPRIÉES", "Centre d’éducation aux technologies appropriées"),
        ("  LYCÉE   JEAN  JAURÈS ", "Lycée Jean Jaurès"),
        ("LYCÉE PROFESSIONNEL", "Lycée professionnel"),
        ("Nouveau Lycée de Vincennes", "Nouveau Lycée de Vincennes"),
        ("", ""),
    ],
)
def test_a_name_is_written_as_in_a_sentence(name, shown):
    assert display_name(name) == shown
