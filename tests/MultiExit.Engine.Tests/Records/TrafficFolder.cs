using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Records;

/// <summary>A history in a folder of its own, with sessions that a test moves bytes through.</summary>
internal sealed class TrafficFolder : IDisposable
{
    private readonly RecordFolder _folder = new();

    public static readonly TrafficKey Alice = new("alice", "wan1", "proxy"), Bob = new("bob", "wan2", "proxy");

    public static readonly DateTimeOffset Midnight = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ManualTimeProvider Time { get; } = new();

    public RecordFolder Records => _folder;

    public string Path => _folder.Path;

    /// <summary>What live sessions say when they are asked next.</summary>
    public Queue<(TrafficKey Key, TrafficDelta Delta)> Live { get; } = new();

    public TrafficStore Open(RecordsConfig? config = null, TrafficLedger? ledger = null) =>
        new(config ?? new RecordsConfig(Path), _folder.Reports, Time, Sample, ledger);

    public static Task<IReadOnlyList<TrafficRow>> FindAsync(TrafficStore store, TrafficQuery query) =>
        store.FindAsync(query, TestContext.Current.CancellationToken).WaitAsync(TestTransports.Patience);

    /// <summary>All intervals until now, by user.</summary>
    public Task<IReadOnlyList<TrafficRow>> FindAsync(TrafficStore store) =>
        FindAsync(store, new TrafficQuery { Since = Midnight, Until = Time.GetUtcNow().AddMinutes(5), Step = TrafficStep.FiveMinutes });

    /// <summary>A session that has ended, with so many bytes up.</summary>
    public static TrafficDelta Ended(long up = 0, double? dialMs = null) => new(1, 0, up, 0, dialMs);

    public void Dispose() => _folder.Dispose();

    private void Sample(ITrafficSink sink)
    {
        while (Live.TryDequeue(out (TrafficKey Key, TrafficDelta Delta) said)) sink.Add(said.Key, said.Delta);
    }
}
