namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Where an exit through a proxy has the names of destinations resolved.</summary>
public enum NameResolution
{
    /// <summary>By the proxy, which gets the name.</summary>
    Remote,

    /// <summary>By this server, as a direct exit does; the proxy gets an address.</summary>
    Local,
}
