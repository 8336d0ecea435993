using System.Globalization;
using BenchmarkDotNet.Running;
using MultiExit.Benchmarks;
using MultiExit.Benchmarks.Allocations;
using MultiExit.Engine.Configuration.Groups;

// dotnet run -c Release --project tests/MultiExit.Benchmarks -- --filter '*'
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- records FOLDER DAYS RECORDS_A_DAY
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- history FOLDER DAYS ROWS_AN_INTERVAL
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- hello KEYS
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- allocations [SCENARIO]
// dotnet run -c Release --project tests/MultiExit.Benchmarks -- publish EXITS SECONDS CONNECTIONS_A_SECOND STRATEGY
if (args is ["records", var folder, var days, var perDay])
    RecordStoreRun.Run(folder, int.Parse(days, CultureInfo.InvariantCulture), int.Parse(perDay, CultureInfo.InvariantCulture));
else if (args is ["history", var place, var span, var rows])
    TrafficRun.Run(place, int.Parse(span, CultureInfo.InvariantCulture), int.Parse(rows, CultureInfo.InvariantCulture));
else if (args is ["hello", var keys]) HelloRun.Run(int.Parse(keys, CultureInfo.InvariantCulture));
else if (args is ["allocations", .. var scenario]) await AllocationRun.RunAsync(scenario is [var one] ? one : null);
else if (args is ["publish", var exits, var seconds, var perSecond, var strategy])
{
    await PublishRun.RunAsync(int.Parse(exits, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)),
        int.Parse(perSecond, CultureInfo.InvariantCulture), Enum.Parse<GroupStrategy>(strategy));
}
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
