using MultiExit.Engine.Services;

namespace MultiExit;

/// <summary>A service of systemd that runs a configuration.</summary>
public sealed class MxService
{
    internal MxService(ServiceState state)
    {
        Name = state.Name;
        Unit = state.Unit;
        State = state.ActiveState;
        SubState = state.SubState;
        Enabled = state.IsEnabled;
        ProcessId = state.ProcessId;
        Since = state.Since;
        Restarts = state.Restarts;
        Result = state.Result;
        Status = state.StatusText;
        Config = state.ConfigFile;
    }

    /// <summary>The instance.</summary>
    public string Name { get; }

    /// <summary>The unit, <c>multiexit@NAME.service</c>.</summary>
    public string Unit { get; }

    /// <summary>active, inactive, failed, activating, deactivating or reloading.</summary>
    public string State { get; }

    /// <summary>The state in more detail: running, dead, auto-restart.</summary>
    public string SubState { get; }

    /// <summary>Whether it starts with the system.</summary>
    public bool Enabled { get; }

    /// <summary>The process; null when there is none.</summary>
    public int? ProcessId { get; }

    /// <summary>When it became active; null when it is not.</summary>
    public DateTimeOffset? Since { get; }

    /// <summary>How often systemd has started it again.</summary>
    public int Restarts { get; }

    /// <summary>How it ended last: success, exit-code, signal, timeout.</summary>
    public string Result { get; }

    /// <summary>What the server says of itself; null when it says nothing.</summary>
    public string? Status { get; }

    /// <summary>The configuration file.</summary>
    public string? Config { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
