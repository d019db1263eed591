"""What tests of several rooms share: servers, browsers, texts, tables."""

from pkgutil import iter_modules

import pytest

# What does not hold is shown, as in the tests themselves.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in iter_modules(__path__)))
