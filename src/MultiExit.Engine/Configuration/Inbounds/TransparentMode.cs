namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>How the firewall hands connections of others to a transparent inbound.</summary>
public enum TransparentMode
{
    /// <summary>REDIRECT: it changes their destination to the listener, and remembers the original one. TCP only.</summary>
    Redirect,

    /// <summary>TPROXY: their packets stay as they are, and the listener takes them as its own. Needs CAP_NET_ADMIN.</summary>
    Tproxy,
}
