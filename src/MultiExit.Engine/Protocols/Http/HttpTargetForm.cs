namespace MultiExit.Engine.Protocols.Http;

/// <summary>The forms of a request target (RFC 9112 section 3.2).</summary>
internal enum HttpTargetForm : byte
{
    /// <summary><c>/path?query</c>: a request to the server itself.</summary>
    Origin,
    /// <summary><c>http://host/path</c>: a request to a proxy.</summary>
    Absolute,
    /// <summary><c>host:port</c>, with CONNECT only.</summary>
    Authority,
    /// <summary><c>*</c>, with OPTIONS only.</summary>
    Asterisk,
}
