from . import original
from . import sign_in
