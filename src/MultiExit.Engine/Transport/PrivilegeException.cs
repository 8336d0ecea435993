using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>A socket may not do what it is asked for: a privilege is missing, and the message names it.</summary>
/// <param name="message">The message, a sentence without its end.</param>
internal sealed class PrivilegeException(string message) : SocketException((int)SocketError.AccessDenied, message);
