namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Which header of the PROXY protocol an exit sends before all else (key <c>send_proxy</c>).</summary>
public enum SendProxy
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Version 1, a line of text (<c>v1</c>).</summary>
    V1 = 1,

    /// <summary>Version 2, binary (<c>v2</c>).</summary>
    V2 = 2,
}
