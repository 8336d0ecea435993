using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MultiExit.Engine.Control;

/// <summary>Reads what the control endpoint of another process or host sends, which may be anything: members that have to be there are, and no text has
/// control characters, which a terminal would act on, and no number is infinite.</summary>
/// <remarks>Numbers may be missing, as in answers of an earlier version.</remarks>
internal static class AnswerJson
{
    /// <summary>For answers.</summary>
    public static JsonSerializerOptions Options { get; } = OptionsOf(ControlJson.Options);

    /// <summary>The options with which others are read in this way.</summary>
    public static JsonSerializerOptions OptionsOf(JsonSerializerOptions options) => new(options)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Require } },
        Converters = { new CleanTextConverter(), new FullListConverter(), new FiniteConverter() },
    };

    private static void Require(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.AssociatedParameter is { IsNullable: false, HasDefaultValue: false } parameter && !parameter.ParameterType.IsValueType)
                property.IsRequired = true;
        }
    }
}
