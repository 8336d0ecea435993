using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>When a client that sends wrong credentials is no longer served.</summary>
/// <param name="Failures">The failed logins that lock a client out, 1 to 10000.</param>
/// <param name="Within">The time they have to fall into, 1 s to 1 day.</param>
/// <param name="Lasts">How long it is locked out, 1 s to 30 days.</param>
public sealed record LockoutConfig(int Failures, TimeSpan Within, TimeSpan Lasts)
{
    internal static readonly IntegerRange FailuresRange = new("failures", 1, 10_000);
    internal static readonly DurationRange WithinRange = new("within", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    internal static readonly DurationRange LastsRange = new("lasts", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    /// <summary>The default, and the value of each key that is absent: a person who mistypes never reaches it, a program that guesses has some
    /// hundred guesses an hour. Unless the configuration says otherwise, programs of this host are spared: one address stands for all of them, and
    /// for the clients of a front that runs here.</summary>
    internal static readonly LockoutConfig Default = new(20, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)) { Loopback = false };

    /// <summary>Whether clients on loopback addresses are locked out too (default true).</summary>
    public bool Loopback { get; init; } = true;

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(FailuresRange, Failures);
        check.Check(WithinRange, Within);
        check.Check(LastsRange, Lasts);
    }
}
