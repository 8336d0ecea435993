using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Control;

/// <summary>The control endpoint as an OpenAPI document (3.1), made of the table of its requests and the types of its JSON.</summary>
public static class OpenApiDocument
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Lazy<byte[]> Made = new(() => [.. JsonSerializer.SerializeToUtf8Bytes(Make(), Form), (byte)'\n']);

    /// <summary>The document, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Text => Made.Value;

    private static JsonObject Make()
    {
        OpenApiSchemas schemas = new();
        JsonObject paths = [];
        foreach (IGrouping<string, ControlRoute> resource in ControlTable.All.GroupBy(route => route.Path, StringComparer.Ordinal))
        {
            JsonObject item = [];
            foreach (ControlRoute route in resource) item[route.Method.ToLowerInvariant()] = Operation(route, schemas);
            paths[resource.Key] = item;
        }
        JsonObject error = schemas.Of(typeof(ControlError));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "MultiExit control endpoint", ["version"] = EngineVersion.Text,
                ["description"] = "HTTP/1.1 over the Unix socket `control.socket`, over `control.readers.socket` as far as `x-access` is `read`, "
                    + "and beneath /api of the dashboard. GET answers HEAD as well. Later versions may add members to answers.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "http://localhost", ["description"] = "The host stands for the socket." }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["responses"] = new JsonObject
                {
                    ["Failure"] = new JsonObject { ["description"] = "A failure; `error` is stable.", ["content"] = Json(error) },
                },
                ["schemas"] = schemas.Components,
            },
        };
    }

    private static JsonObject Operation(ControlRoute route, OpenApiSchemas schemas)
    {
        JsonObject operation = new()
        {
            ["operationId"] = IdOf(route), ["summary"] = route.Summary,
            ["x-access"] = route.Access == ControlAccess.Read ? "read" : "write",
        };
        JsonArray parameters =
        [
            .. route.PathParameters.Select(name => (JsonNode)Parameter(name, "path", null, isRequired: true)),
            .. route.Parameters.Select(parameter => (JsonNode)Parameter(parameter.Name, "query", parameter.Text, parameter.IsRequired)),
        ];
        if (parameters.Count > 0) operation["parameters"] = parameters;
        if (route.TakesDocument)
        {
            operation["requestBody"] = new JsonObject
            {
                ["description"] = "The text of a configuration; none with own_file=true.",
                ["content"] = new JsonObject { ["application/yaml"] = new JsonObject(), ["application/json"] = new JsonObject() },
            };
        }
        else if (route.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = !route.IsBodyOptional, ["content"] = Json(schemas.Of(body)) };
        operation["responses"] = new JsonObject
        {
            [StatusOf(route)] = Success(route, schemas), ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Failure" },
        };
        return operation;
    }

    private static string StatusOf(ControlRoute route) => route.Path == "/takeover" ? "101" : route is { Answer: null, ContentType: null } ? "204" : "200";

    private static JsonObject Success(ControlRoute route, OpenApiSchemas schemas)
    {
        JsonObject success = new() { ["description"] = "Done." };
        JsonObject content = route.Answer is { } answer ? Json(schemas.Of(answer)) : [];
        if (route.ContentType is { } type) content[type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        if (content.Count > 0) success["content"] = content;
        return success;
    }

    private static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Parameter(string name, string place, string? text, bool isRequired)
    {
        JsonObject parameter = new() { ["name"] = name, ["in"] = place, ["required"] = isRequired, ["schema"] = new JsonObject { ["type"] = "string" } };
        if (text is not null) parameter["description"] = text;
        return parameter;
    }

    // getExitsName, postExitsNameDisable
    private static string IdOf(ControlRoute route)
    {
        StringBuilder id = new(route.Method.ToLowerInvariant());
        bool begins = true;
        foreach (char c in route.Path)
        {
            if (!char.IsAsciiLetterOrDigit(c)) begins = true;
            else
            {
                id.Append(begins ? char.ToUpperInvariant(c) : c);
                begins = false;
            }
        }
        return id.ToString();
    }
}
