"""Tables that the kernel reads, built by `deploy/build_postcodes.py`; see NOTICE.txt for their source and licence."""
