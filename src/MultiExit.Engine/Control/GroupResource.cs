using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The groups, and the exits that are members of them at run time.</summary>
internal sealed class GroupResource(IServerControl server) : IControlResource
{
    private const string Form = "the keys of an exit as a JSON object, with `expires` in seconds or as a text such as \"10m\"";

    public string Paths => "/groups, /groups/{name}, /groups/{name}/update, /groups/{name}/members, /groups/{name}/members/{name}";

    public string? Methods(string[] path) => path switch
    {
        ["groups"] or ["groups", _] => "GET, HEAD",
        ["groups", _, "update"] => "POST",
        ["groups", _, "members"] => "GET, HEAD, POST",
        ["groups", _, "members", _] => "GET, HEAD, PUT, DELETE",
        _ => null,
    };

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        if (request.Path is ["groups"]) return ControlAnswer.Ok(await server.GetGroupsAsync().ConfigureAwait(false));
        string group = request.Path[1];
        switch (request.Path, request.Method)
        {
            case ([_, _, "members"], "POST"):
                return await PublishAsync(group, null, request).ConfigureAwait(false);
            case ([_, _, "members", var name], "PUT"):
                return await PublishAsync(group, name, request).ConfigureAwait(false);
        }
        if ((await server.GetGroupsAsync().ConfigureAwait(false)).FirstOrDefault(each => each.Name == group) is not { } found)
            return ControlAnswer.Fail(404, "GroupNotFound", $"there is no group named {group}");
        switch (request.Path)
        {
            case [_, _]:
                return ControlAnswer.Ok(found);
            case [_, _, "update"]:
                return ControlAnswer.Ok(await server.UpdateGroupAsync(group, request.Closing).ConfigureAwait(false));
            case [_, _, "members"]:
                return ControlAnswer.Ok(await server.GetMembersAsync(group).ConfigureAwait(false));
        }
        string member = request.Path[3];
        if (!request.IsRead) return await server.UnpublishExitAsync(group, member).ConfigureAwait(false) ? ControlAnswer.NoContent : NoMember(group, member);
        return (await server.GetMembersAsync(group).ConfigureAwait(false)).FirstOrDefault(each => each.Name == member) is { } exit
            ? ControlAnswer.Ok(exit) : NoMember(group, member);
    }

    private async Task<ControlAnswer> PublishAsync(string group, string? name, ControlRequest request)
    {
        JsonElement body;
        string text = DocumentFile.Decode(request.Body.Span) ?? throw new FormatException("the body is not UTF-8 text");
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException exception)
        {
            throw ControlRequest.Invalid(Form, exception);
        }
        ExitStatus exit = await server.PublishExitAsync(group, name, body).ConfigureAwait(false);
        return ControlAnswer.Ok(exit);
    }

    private static ControlAnswer NoMember(string group, string name) =>
        ControlAnswer.Fail(404, "MemberNotFound", $"group {group} has no published exit named {name}; it may have expired");
}
