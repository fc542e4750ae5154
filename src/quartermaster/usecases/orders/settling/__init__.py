"""What is on its way is settled: by the job, or when a provider tells of it."""
