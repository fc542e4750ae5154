"""Importing this makes Django ready, so that whatever is imported after it may use models."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quartermaster.conf.settings")
django.setup(set_prefix=False)
