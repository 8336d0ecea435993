namespace MultiExit.Engine.Services;

/// <summary>What is to become a service of systemd.</summary>
/// <param name="Name">The instance: the unit is <c>multiexit@NAME.service</c>. See <see cref="ServiceNames.IsValid"/>.</param>
/// <param name="ConfigFile">The configuration, absolute.</param>
/// <param name="Host">The library of the console host, absolute: <c>.../module/bin/lib/MultiExit.Host.dll</c>.</param>
/// <param name="CredentialFolder">The folder of root's that has a file for each <c>{ credential: NAME }</c> of the configuration, absolute.</param>
/// <param name="HasSockets">Whether systemd opens the sockets of the inbounds: the unit <c>multiexit@NAME.socket</c>.</param>
public sealed record ServiceRequest(
    string Name, string ConfigFile, string Host, string CredentialFolder = ServiceRequest.DefaultCredentialFolder, bool HasSockets = false)
{
    /// <summary>Where credentials are unless something else is said.</summary>
    public const string DefaultCredentialFolder = "/etc/multiexit/credentials";
}
