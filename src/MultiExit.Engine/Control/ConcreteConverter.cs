using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>Writes all members of an object's own type, and not only those of the declared base.</summary>
internal sealed class ConcreteConverter<T> : JsonConverter<T>
    where T : class
{
    // The options without this converter, so that the concrete types are written in the usual way.
    public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(T);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
