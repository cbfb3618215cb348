"""Mistakes that calculators of this kind publish: each test shows the wrong figure and the right one."""
