using System.Net;

namespace MultiExit.Engine.Identity;

/// <summary>A login that a back-end is asked about.</summary>
/// <param name="Name">The name; null: a token stands alone.</param>
/// <param name="Secret">The password or token, UTF-8; it is cleared when the answer is there.</param>
/// <param name="Inbound">Where the client came in.</param>
/// <param name="Client">The client.</param>
internal readonly record struct BackEndQuestion(string? Name, ReadOnlyMemory<byte> Secret, string Inbound, IPAddress Client);
