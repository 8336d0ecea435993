namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Who remembers handshakes, so that none is answered twice.</summary>
public enum FleetReplay
{
    /// <summary>Each node those that it has answered itself.</summary>
    Local,

    /// <summary>The store of the fleet those of all nodes.</summary>
    Shared,
}
