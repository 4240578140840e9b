from . import export, original
from . import sign_in
