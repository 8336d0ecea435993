using System.Collections.Concurrent;

namespace MultiExit.Soak;

/// <summary>What happened: sessions by kind, faults by name, and what failed.</summary>
internal sealed class Ledger
{
    private const int MostFailures = 50;
    private readonly ConcurrentQueue<string> _failures = new();

    public ConcurrentDictionary<string, Tally> Sessions { get; } = new();

    public ConcurrentDictionary<string, int> Faults { get; } = new();

    public IReadOnlyCollection<string> Failures => _failures;

    public Tally Of(string kind) => Sessions.GetOrAdd(kind, _ => new Tally());

    public void Fault(string name) => Faults.AddOrUpdate(name, 1, (_, count) => count + 1);

    public void Fail(string what, string why)
    {
        string line = $"{TimeProvider.System.GetLocalNow():HH:mm:ss.fff} {what}: {why}";
        if (_failures.Count < MostFailures) _failures.Enqueue(line);
        Console.Error.WriteLine("soak: " + line);
    }
}
