using System.Globalization;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The versions of the configuration.</summary>
internal sealed class VersionResource(IServerControl server) : IControlResource
{
    private const string With = "with";

    public string Paths => "/versions, /versions/{number}, /versions/{number}/difference, check or restore";

    public string? Methods(string[] path) => path switch
    {
        ["versions"] or ["versions", _] or ["versions", _, "difference"] => "GET, HEAD",
        ["versions", _, "check" or "restore"] => "POST",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<ConfigVersion> versions = await server.GetVersionsAsync().ConfigureAwait(false);
        if (request.Path is ["versions"]) return ControlAnswer.Ok(versions);
        if (Find(versions, request.Path[1]) is not { } version) return await NotFoundAsync(request.Path[1]).ConfigureAwait(false);
        switch (request.Path)
        {
            case [_, _]:
                return ControlAnswer.Ok(version);
            case [_, _, "difference"]:
                int? with = request.Query(With).Number(With);
                if (with is not null && !versions.Any(other => other.Number == with)) return await NotFoundAsync($"{with}").ConfigureAwait(false);
                return ControlAnswer.Ok(await server.CompareVersionsAsync(version.Number, with).ConfigureAwait(false));
            case [_, _, "check"]:
                return ControlAnswer.Ok(await server.CheckVersionAsync(version.Number).ConfigureAwait(false));
            default:
                return ControlAnswer.Ok(await server.RestoreVersionAsync(version.Number, request.Who, CancellationToken.None).ConfigureAwait(false));
        }
    }

    private static ConfigVersion? Find(IReadOnlyList<ConfigVersion> versions, string number) =>
        versions.FirstOrDefault(version => version.Number.ToString(CultureInfo.InvariantCulture) == number);

    private async Task<ControlAnswer> NotFoundAsync(string number)
    {
        ConfigStatus config = await server.GetConfigAsync().ConfigureAwait(false);
        return ControlAnswer.Fail(404, nameof(ProxyError.VersionNotFound),
            $"the server {config.Server} has no version {number}" + (config.History is null ? ": its configuration has no `history: { directory: ... }`" : ""));
    }
}
