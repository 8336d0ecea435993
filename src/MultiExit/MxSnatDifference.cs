using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>One difference between the system and the plan of a configuration.</summary>
public sealed class MxSnatDifference
{
    internal MxSnatDifference(SetupDifference difference)
    {
        Exit = difference.Name;
        Kind = difference.Kind.ToString();
        Message = difference.Message;
    }

    /// <summary>The exit that does not work because of it; null when that is no exit or all of them.</summary>
    public string? Exit { get; }

    /// <summary>Where: <c>Collision</c>, <c>Interface</c>, <c>Setting</c>, <c>Rule</c>, <c>Route</c> or <c>Firewall</c>.</summary>
    public string Kind { get; }

    /// <summary>The difference in a sentence.</summary>
    public string Message { get; }

    /// <summary>The sentence.</summary>
    public override string ToString() => Message;
}
