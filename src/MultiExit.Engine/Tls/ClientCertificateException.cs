using System.Security.Authentication;

namespace MultiExit.Engine.Tls;

/// <summary>A client has no certificate that is valid here. The message is for the log.</summary>
internal sealed class ClientCertificateException(string message, Exception? inner) : AuthenticationException(message, inner);
