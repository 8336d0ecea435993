namespace MultiExit.Engine.Configuration.History;

/// <summary>Why a configuration was put in force.</summary>
public enum ConfigChange
{
    /// <summary>The server started.</summary>
    Start,
    /// <summary>The file changed and is watched.</summary>
    File,
    /// <summary>SIGHUP.</summary>
    HangUp,
    /// <summary>An operator's command, <c>Set-MxConfig</c>.</summary>
    Set,
    /// <summary>An operator went back to an earlier version.</summary>
    Restore,
    /// <summary>The server went back by itself: a change was not confirmed, or its probe failed.</summary>
    AutoRevert,
    /// <summary>A request to the control endpoint to read the file again.</summary>
    Control,
    /// <summary>An operator changed parts of it: <c>Set-MxConfig -Set</c>, <c>Set-MxExit -Weight</c>, <c>Set-MxUser</c>.</summary>
    Edit,

    /// <summary>A version of the fleet's configuration.</summary>
    Fleet,
}
