"""The console by the clock of the tests, with the pages for what is not there."""

from quartermaster.conf import urls
from quartermaster.interfaces.console import pages
from tests.books import NOW

handler404 = urls.not_found
urlpatterns = pages.build(lambda: NOW)
