namespace MultiExit.Engine.Configuration.Auth;

/// <summary>The system's own way to check users, by its modules.</summary>
/// <param name="Service">The name of the service: the file of it in <c>/etc/pam.d</c> says which modules are asked.</param>
public sealed record PamAuthConfig(string Service) : AuthConfig
{
    /// <inheritdoc/>
    public override string Type => "pam";

    /// <inheritdoc/>
    public override string Place => $"service {Service}";
}
