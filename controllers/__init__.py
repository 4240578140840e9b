from . import export, health, original
from . import sign_in
