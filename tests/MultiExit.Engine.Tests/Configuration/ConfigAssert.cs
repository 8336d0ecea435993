using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Loads documents and checks the result.</summary>
internal static class ConfigAssert
{
    /// <summary>A valid inbound, for tests about something else.</summary>
    public const string Inbound = "inbounds: [{ name: in, type: socks5, listen: \"127.0.0.1:1080\" }]\n";

    public static GatewayConfig Valid(string text, string? file = null)
    {
        ConfigResult result = ConfigLoader.Parse(text, file);
        Assert.Empty(result.Errors);
        Assert.True(result.IsValid);
        return result.Config;
    }

    public static IReadOnlyList<ConfigError> Errors(string text, string? file = null)
    {
        ConfigResult result = ConfigLoader.Parse(text, file);
        Assert.NotEmpty(result.Errors);
        Assert.False(result.IsValid);
        return result.Errors;
    }

    public static void OneError(string text, int line, int column, string path, string message)
    {
        ConfigError error = Assert.Single(Errors(text, "test.yaml"));
        Assert.Equal(new ConfigError("test.yaml", line, column, path, message, error.Kind), error);
    }

    public static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "Configuration", "Samples", name);
}
