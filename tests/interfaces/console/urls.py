"""The console by the clock of the tests, with the pages for what is not there."""

from quartermaster.adapters.limited_estimate.estimator import LimitedEstimator, Limits
from quartermaster.conf import urls
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.access import Shell
from tests.books import clock

handler404, handler500 = urls.not_found, urls.failed
LIMITS = Limits(rows=2_000_000, memory_bytes=1 << 30, processor_seconds=30, seconds=60)
urlpatterns = addresses.build(Shell(clock, estimate=LimitedEstimator(LIMITS)))
