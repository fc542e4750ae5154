"""The console by the clock of the tests, with the pages for what is not there."""

from quartermaster.adapters.event_files.columns import columns
from quartermaster.conf import urls
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.access import Shell
from tests.books import NOW

handler404, handler500 = urls.not_found, urls.failed
urlpatterns = addresses.build(Shell(lambda: NOW, read_log=columns))
