using System.Globalization;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Control;

/// <summary>The versions of the configuration.</summary>
internal sealed class VersionResource(GatewayServer server) : IControlResource
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
        ManagedServer managed = server.Managed;
        IReadOnlyList<ConfigVersion> versions = managed.GetVersions();
        if (request.Path is ["versions"]) return ControlAnswer.Ok(versions);
        if (Find(versions, request.Path[1]) is not { } version) return NotFound(request.Path[1]);
        switch (request.Path)
        {
            case [_, _]:
                return ControlAnswer.Ok(version);
            case [_, _, "difference"]:
                int? with = request.Query(With).Number(With);
                if (with is not null && !versions.Any(other => other.Number == with)) return NotFound($"{with}");
                return ControlAnswer.Ok(managed.CompareVersions(version.Number, with));
            case [_, _, "check"]:
                return ControlAnswer.Ok(managed.CheckVersion(version.Number));
            default:
                return ControlAnswer.Ok(await managed.RestoreAsync(version.Number, request.Who, CancellationToken.None).ConfigureAwait(false));
        }
    }

    private static ConfigVersion? Find(IReadOnlyList<ConfigVersion> versions, string number) =>
        versions.FirstOrDefault(version => version.Number.ToString(CultureInfo.InvariantCulture) == number);

    private ControlAnswer NotFound(string number) => ControlAnswer.Fail(404, nameof(ProxyError.VersionNotFound),
        $"the server {server.Config.Name} has no version {number}" + (server.Config.History is null ? ": its configuration has no `history: { directory: ... }`" : ""));
}
