using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>Lists and dictionaries whose elements are all there: null is none.</summary>
internal sealed class FullListConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType
        && (typeToConvert.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            || (typeToConvert.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && typeToConvert.GenericTypeArguments[0] == typeof(string)));

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(
        typeToConvert.GenericTypeArguments is [var element] ? typeof(OfList<>).MakeGenericType(element)
            : typeof(OfDictionary<>).MakeGenericType(typeToConvert.GenericTypeArguments[1]))!;

    private static JsonException Missing() => new("null in place of an element");

    private sealed class OfList<T> : JsonConverter<IReadOnlyList<T>>
    {
        public override IReadOnlyList<T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<T[]>(ref reader, options) is { } list && !list.Any(element => element is null) ? list : throw Missing();

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    private sealed class OfDictionary<T> : JsonConverter<IReadOnlyDictionary<string, T>>
    {
        public override IReadOnlyDictionary<string, T>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<Dictionary<string, T>>(ref reader, options) is { } all && !all.Values.Any(value => value is null) ? all
                : throw Missing();

        public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
