"""The console by the clock of the tests, with the pages for what is not there."""

from zoneinfo import ZoneInfo

from babel import Locale

from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.adapters.limited_estimate.estimator import LimitedEstimator, Limits
from quartermaster.conf import urls
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.access import Shell
from quartermaster.interfaces.console.formats import Formats
from quartermaster.usecases.ports.gateways import Gateways
from tests.books import NOW, clock
from tests.fakes.provider import Provider

handler404, handler500 = urls.not_found, urls.failed
LIMITS = Limits(rows=2_000_000, memory_bytes=1 << 30, processor_seconds=30, seconds=60)
PROVIDER = Provider(at=NOW)
SHELL = Shell(clock, InvoicePress(), None, LimitedEstimator(LIMITS), Gateways((PROVIDER,)))
FORMATS = Formats(Locale("en", "US"), "USD", ZoneInfo("UTC"))
"""As the browsers of the tests have them."""
urlpatterns = addresses.build(SHELL)
