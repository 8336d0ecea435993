namespace MultiExit.Engine.Preflight;

/// <summary>The process that has a port.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Name">The name of its program.</param>
internal sealed record PortHolder(int ProcessId, string Name)
{
    /// <summary>Whether it may be a server of MultiExit.</summary>
    public bool IsMultiExit => ProcessId == Environment.ProcessId || Name == "multiexit";

    /// <summary>The form <c>nginx (process 812)</c>.</summary>
    public override string ToString() => $"{Name} (process {ProcessId})";
}
