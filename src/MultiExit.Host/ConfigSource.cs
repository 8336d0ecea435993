using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Host;

/// <summary>Where the configuration of <c>run</c> comes from: a file, or URLs of the command line.</summary>
/// <param name="file">The file.</param>
/// <param name="listen">The URLs to listen on.</param>
/// <param name="forward">The URL of the upstream.</param>
/// <param name="parameters">The options beside the URLs in the notation of ech-tunnel; null: they are not in that notation.</param>
internal sealed class ConfigSource(string? file, IReadOnlyList<string> listen, string? forward, EchTunnelParameters? parameters)
{
    /// <summary>Whether reading it again can give another configuration.</summary>
    public bool CanReload => file is not null;

    public static ConfigSource From(Options options)
    {
        var source = new ConfigSource(
            options.Single("--config"), [.. options.Many("--listen"), .. options.Many("-l")], options.Single("--forward") ?? options.Single("-f"),
            EchTunnelLetters.Read(options));
        return source.IsAmbiguous ? throw new UsageException("run: --config does not go together with --listen, --forward or letters") : source;
    }

    public ConfigResult Load() => file is null ? ConfigLoader.FromUrls(listen, forward, parameters) : ConfigLoader.LoadFile(file);

    /// <summary>Writes every fault on its own line.</summary>
    public static ExitCode Report(ConfigResult result, TextWriter error)
    {
        foreach (ConfigError fault in result.Errors)
            error.WriteLine(fault);
        return ExitCode.InvalidConfiguration;
    }

    private bool IsAmbiguous => file is not null && (listen.Count > 0 || forward is not null || parameters is not null);
}
