using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/MultiExit.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
