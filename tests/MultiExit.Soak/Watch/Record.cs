using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Watch;

/// <summary>A server over the time of the soak.</summary>
internal sealed class Record(Server server)
{
    public Server Server => server;

    /// <summary>At rest, behind the load that warms it up.</summary>
    public Sample? First { get; private set; }

    /// <summary>The largest under load.</summary>
    public Sample? Peak { get; private set; }

    /// <summary>At rest, behind everything.</summary>
    public Sample? Last { get; private set; }

    public WakeUps? FirstWakeUps { get; private set; }

    public WakeUps? LastWakeUps { get; private set; }

    /// <summary>Descriptors at rest, behind the load that warms it up.</summary>
    public IReadOnlyList<string> FirstDescriptors { get; private set; } = [];

    public void Set(bool isFirst, Sample sample, WakeUps wakeUps)
    {
        if (isFirst) (First, FirstWakeUps, FirstDescriptors) = (sample, wakeUps, [.. Gauge.Descriptors(server)]);
        else (Last, LastWakeUps) = (sample, wakeUps);
    }

    /// <summary>The most that was resident in the first half of the load, in KiB.</summary>
    public long EarlyResidentKiB { get; private set; }

    public void Add(Sample sample, bool isEarly)
    {
        Peak = Peak?.Max(sample) ?? sample;
        if (isEarly) EarlyResidentKiB = Math.Max(EarlyResidentKiB, sample.ResidentKiB);
    }
}
