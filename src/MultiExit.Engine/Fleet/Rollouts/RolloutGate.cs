using System.Globalization;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>Whether a node serves its clients as well with a version as before.</summary>
/// <param name="count">The sessions, those of them that were not served, and the connections whose peer broke its protocol, all since the start.</param>
internal sealed class RolloutGate(Func<(long Sessions, long Failed, long Faults)> count)
{
    /// <summary>Fewer requests say nothing.</summary>
    public const int Least = 20;

    /// <summary>By how much more of them may fail than before.</summary>
    public const double Margin = 0.2;

    private (long Sessions, long Failed, long Faults) _start = count();

    /// <summary>A version begins now; what was before is what it is measured by.</summary>
    public void Begin() => _start = count();

    /// <summary>What is wrong with the version; null: nothing, as far as requests came.</summary>
    public string? FindFault()
    {
        (long sessions, long failed, long faults) = count();
        (sessions, failed, faults) = (sessions - _start.Sessions, failed - _start.Failed, faults - _start.Faults);
        return FaultOf(failed, sessions, _start.Failed, _start.Sessions, "requests were not served")
            ?? FaultOf(faults, sessions + faults, _start.Faults, _start.Sessions + _start.Faults, "connections broke their protocol");
    }

    private static string? FaultOf(long bad, long all, long badBefore, long allBefore, string what)
    {
        double before = allBefore < Least ? 0 : (double)badBefore / allBefore;
        return all < Least || (double)bad / all <= before + Margin ? null
            : string.Create(CultureInfo.InvariantCulture, $"{bad} of {all} {what} ({before:P0} before)");
    }
}
