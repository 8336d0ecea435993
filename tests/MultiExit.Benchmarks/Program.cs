using System.Globalization;
using BenchmarkDotNet.Running;
using MultiExit.Benchmarks;

// dotnet run -c Release --project tests/MultiExit.Benchmarks -- --filter '*'
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- records FOLDER DAYS RECORDS_A_DAY
if (args is ["records", var folder, var days, var perDay])
    RecordStoreRun.Run(folder, int.Parse(days, CultureInfo.InvariantCulture), int.Parse(perDay, CultureInfo.InvariantCulture));
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
