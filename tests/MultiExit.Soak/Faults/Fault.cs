namespace MultiExit.Soak.Faults;

/// <summary>Something that befalls the servers while they are loaded.</summary>
internal abstract class Fault(Site site)
{
    public abstract string Name { get; }

    /// <summary>Why it cannot be done here; null where it can.</summary>
    public virtual string? Obstacle => null;

    protected Site Site => site;

    /// <summary>Makes it happen and pass; throws where a server does not answer to it as it must.</summary>
    public abstract Task RunAsync(Random random);

    protected static Task PauseAsync(Random random, int least, int most) => Task.Delay(random.Next(least, most));
}
