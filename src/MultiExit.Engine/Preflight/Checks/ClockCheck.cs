using System.Globalization;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The clock. Certificates, handshakes of tunnels and of Shadowsocks, quotas and rules with hours go by it. No time server is asked.</summary>
internal sealed class ClockCheck() : QuickCheck("clock")
{
    // Nothing of this program is older: a host without a battery begins in 1970.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = Earliest.AddYears(50);

    protected override IEnumerable<PreflightResult> Look(PreflightContext context)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        const string Action = "set the clock, and have a time service keep it: timedatectl set-ntp true, or chrony";
        string time = now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        yield return now < Earliest || now > Latest ? Fail($"it cannot be {time}: certificates and handshakes of tunnels fail", Action)
            : context.IsClockSynchronized() switch
            {
                true => Ok($"{time}, kept by a time service"),
                false => Warn($"{time}, and no time service keeps it: handshakes fail once it is 30 s off (Shadowsocks 2022) or 5 min (tunnel)", Action),
                null => Skip($"{time}; whether a time service keeps it is not known"),
            };
    }
}
