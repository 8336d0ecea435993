namespace MultiExit.Engine.Configuration.Inbounds;

/// <summary>A user of an inbound.</summary>
/// <param name="Name">The name, 1 to 255 octets in UTF-8 (RFC 1929).</param>
/// <param name="Password">The password, 1 to 255 octets in UTF-8.</param>
public sealed record UserConfig(string Name, Secret Password);
