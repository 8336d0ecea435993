using MultiExit.Engine.Provisioning;

namespace MultiExit;

/// <summary>One difference between the system and the plan of a configuration for redirecting.</summary>
public sealed class MxRedirectDifference
{
    internal MxRedirectDifference(SetupDifference difference)
    {
        Inbound = difference.Name;
        Kind = difference.Kind.ToString();
        Message = difference.Message;
    }

    /// <summary>The inbound that does not work because of it; null when that is none or all of them.</summary>
    public string? Inbound { get; }

    /// <summary>Where: <c>Collision</c>, <c>Rule</c>, <c>Route</c> or <c>Firewall</c>.</summary>
    public string Kind { get; }

    /// <summary>The difference in a sentence.</summary>
    public string Message { get; }

    /// <summary>The sentence.</summary>
    public override string ToString() => Message;
}
