"""Importing this makes Django ready, so that whatever is imported after it may use models.

A setting that Django itself would stumble over is refused first, in one line.
"""

import os
import sys

import django

from quartermaster.conf import environment
from quartermaster.conf.environment import BadSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quartermaster.conf.settings")
try:
    environment.check()
except BadSetting as no:
    sys.stderr.write(f"Error: {no} ({no.code})\n")
    sys.exit(2)
django.setup(set_prefix=False)
