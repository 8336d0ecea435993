using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>How much one of several keys or tokens of an inbound is in use. The secret itself is not in it.</summary>
public sealed class MxSecretUse
{
    internal MxSecretUse(SecretStatus status)
    {
        Index = status.Index;
        Carriers = status.Carriers;
        TotalCarriers = status.TotalCarriers;
        LastUsed = status.LastUsed;
    }

    /// <summary>Its place in the list of the configuration, from 0: <c>inbounds[edge].key[0]</c>.</summary>
    public int Index { get; }

    /// <summary>The live connections of clients that came in with it.</summary>
    public int Carriers { get; }

    /// <summary>All of them since the start, or since the secret is in the configuration.</summary>
    public long TotalCarriers { get; }

    /// <summary>When the last one came in; null: none has.</summary>
    public DateTimeOffset? LastUsed { get; }

    /// <summary>The form <c>[0]: 3 carriers</c>.</summary>
    public override string ToString() => $"[{Index}]: {CountText.Of(Carriers, "carrier")}";
}
