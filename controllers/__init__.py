from . import original
