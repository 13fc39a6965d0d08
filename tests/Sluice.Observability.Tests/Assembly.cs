// Whoever listens hears all of the process: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
