using System.Security.Authentication;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>No connection with ECH, for lack of ECH: no usable config, or a server that does not accept it.</summary>
internal sealed class EchUnavailableException(string message) : AuthenticationException(message);
